// Rounds numbers for display; null, which stands for "not measured", stays null.
export function roundTo<Value extends number | null>(value: Value, decimals: number): Value {
  const unit = 10 ** decimals;
  return (value === null ? null : Math.round(value * unit) / unit) as Value;
}
