/** The vendors by the names that people know. */

const NAMES: Readonly<Record<string, string>> = {
  "lex-v2": "Amazon Lex V2",
  "dialogflow-es": "Dialogflow ES",
  "dialogflow-cx": "Dialogflow CX",
  "watson-v1": "Watson V1",
  "watson-v2": "Watson V2",
  function: "Function",
};

/** Name a vendor; one that is not known here keeps the name that the account file gives it. */
export function nameVendor(vendor: string): string {
  return NAMES[vendor] ?? vendor;
}
