// The adaptive predictor of a G.722 sub-band (ITU-T G.722 §3.6, block 4): two poles on what was reconstructed, six
// zeros on the quantised differences, all of them moved by signs alone.
//
// The inner loop of the codec. Its state lives in local variables for the length of a block, and nothing branches on
// a sign: signs are noise, and a processor that guesses them is wrong every second time.

/** At most so many samples at a time. */
export const blockSamples = 160;

export const saturate = (value: number): number =>
  value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value;

/** `value`, negative where `signs` is. */
const signed = (value: number, signs: number): number => (value ^ (signs >> 31)) - (signs >> 31);

/** A zero leaks, and moves by the sign of its difference times that of the newest. */
const moved = (zero: number, turn: number, signs: number): number =>
  (Math.imul(zero, 32_640) >> 15) + signed(turn, signs);

const product = (a: number, b: number): number => Math.imul(a, b) >> 15;

/** Where each part of the state stands: zeros and their differences from the newest to the oldest. */
const stateSize = 19;

export class Predictor {
  readonly #state = new Int32Array(stateSize);

  /** The next sample as it is expected. */
  get prediction(): number {
    return this.#state[0]!;
  }

  /** Knows nothing of what came before. */
  reset(): void {
    this.#state.fill(0);
  }

  copy(other: Predictor): void {
    this.#state.set(other.#state);
  }

  /** Takes `count` quantised differences; before each, notes how its sample was predicted. */
  run(differences: Int32Array, predictions: Int32Array, count: number): void {
    const state = this.#state;
    let prediction = state[0]!;
    let zeros = state[1]!;
    let pole1 = state[2]!;
    let pole2 = state[3]!;
    let older = state[4]!;
    let partial1 = state[5]!;
    let partial2 = state[6]!;
    let zero1 = state[7]!;
    let zero2 = state[8]!;
    let zero3 = state[9]!;
    let zero4 = state[10]!;
    let zero5 = state[11]!;
    let zero6 = state[12]!;
    let doubled1 = state[13]!;
    let doubled2 = state[14]!;
    let doubled3 = state[15]!;
    let doubled4 = state[16]!;
    let doubled5 = state[17]!;
    let doubled6 = state[18]!;
    for (let index = 0; index < count; index += 1) {
      const difference = differences[index]!;
      predictions[index] = prediction;
      // UPPOL2 and UPPOL1, within the triangle in which the filter is stable.
      const partial = saturate(zeros + difference);
      const signs1 = partial ^ partial1;
      const scaled = signed(saturate(pole1 << 2), ~signs1);
      const turned = scaled > 32_767 ? 32_767 : scaled;
      const second = (turned >> 7) + signed(128, partial ^ partial2) + (Math.imul(pole2, 32_512) >> 15);
      pole2 = second > 12_288 ? 12_288 : second < -12_288 ? -12_288 : second;
      const first = signed(192, signs1) + (Math.imul(pole1, 32_640) >> 15);
      const bound = 15_360 - pole2;
      pole1 = first > bound ? bound : first < -bound ? -bound : first;
      partial2 = partial1;
      partial1 = partial;
      // UPZERO.
      const turn = difference === 0 ? 0 : 128;
      zero1 = moved(zero1, turn, doubled1 ^ difference);
      zero2 = moved(zero2, turn, doubled2 ^ difference);
      zero3 = moved(zero3, turn, doubled3 ^ difference);
      zero4 = moved(zero4, turn, doubled4 ^ difference);
      zero5 = moved(zero5, turn, doubled5 ^ difference);
      zero6 = moved(zero6, turn, doubled6 ^ difference);
      doubled6 = doubled5;
      doubled5 = doubled4;
      doubled4 = doubled3;
      doubled3 = doubled2;
      doubled2 = doubled1;
      doubled1 = saturate(difference << 1);
      // FILTEZ, FILTEP, PREDIC.
      zeros = saturate(
        product(zero1, doubled1) +
          product(zero2, doubled2) +
          product(zero3, doubled3) +
          product(zero4, doubled4) +
          product(zero5, doubled5) +
          product(zero6, doubled6),
      );
      const reconstructed = saturate(saturate(prediction + difference) << 1);
      prediction = saturate(saturate(product(pole1, reconstructed) + product(pole2, older)) + zeros);
      older = reconstructed;
    }
    state[0] = prediction;
    state[1] = zeros;
    state[2] = pole1;
    state[3] = pole2;
    state[4] = older;
    state[5] = partial1;
    state[6] = partial2;
    state[7] = zero1;
    state[8] = zero2;
    state[9] = zero3;
    state[10] = zero4;
    state[11] = zero5;
    state[12] = zero6;
    state[13] = doubled1;
    state[14] = doubled2;
    state[15] = doubled3;
    state[16] = doubled4;
    state[17] = doubled5;
    state[18] = doubled6;
  }
}
