// The editor in Chinese. bpmn-js-i18n knows the palette and the menus; zh.js knows the properties panel and everything of ours.
// What neither knows is kept in window.__missingTranslations, which a test holds empty.
import drawing from 'bpmn-js-i18n/translations/zn.js';
import panel from './zh.js';

const words = { ...drawing, ...panel };
export const missing = new Set();
window.__missingTranslations = missing;

export function translate(template, values = {}) {
  if (!(template in words)) missing.add(template);
  return (words[template] ?? template).replace(/{([^}]+)}/g, (whole, name) => values[name] ?? whole);
}

export default { translate: ['value', translate] };
