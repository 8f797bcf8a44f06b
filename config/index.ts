export { listenAddresses, type PublicAddresses, publicAddresses } from "./addresses.ts";
export { exampleFile } from "./example.ts";
export { type ConfigSources, configFile, configPath, loadConfig } from "./load.ts";
export { type MailSender, type MailServer, readMail } from "./mail.ts";
export { type Config, configSchema } from "./schema.ts";
