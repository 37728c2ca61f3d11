/** LivePerson's renderer, as far as the tester uses it (json-pollock's README). */
declare module "json-pollock/dist/json-pollock.global.no_validation.min.js" {
  interface ActionData {
    actionData: Record<string, unknown>;
    metadata?: unknown;
    uiEvent?: Event;
    formEl?: HTMLFormElement;
  }

  interface JsonPollock {
    init(config: {
      maxAllowedElements?: number;
      onAfterElementRendered?: (element: HTMLElement, template: Record<string, unknown>) => HTMLElement;
    }): void;
    render(json: object): DocumentFragment;
    registerAction(name: string, callback: (data: ActionData) => void): void;
  }

  export const JsonPollock: JsonPollock;
}
