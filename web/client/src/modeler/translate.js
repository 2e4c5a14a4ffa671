// The editor in Chinese: first our own words, then those of bpmn-js-i18n. Names of element types come in several spellings
// («User task», «UserTask» as «User Task»), so a word is also found regardless of case and hyphens.
// What has no word is kept in window.__missingTranslations, which a test holds empty.
import others from 'bpmn-js-i18n/translations/zn.js';
import draw from './zh/draw.js';
import help from './zh/help.js';
import panel from './zh/panel.js';

const words = { ...others, ...draw, ...help, ...panel };
const plain = (text) => text.toLowerCase().replace(/-/g, ' ').trim();
const loose = new Map(Object.entries(words).map(([english, chinese]) => [plain(english), chinese]));

export const missing = new Set();
window.__missingTranslations = missing;

export function translate(template, values = {}) {
  const found = words[template] ?? loose.get(plain(template));
  if (found === undefined && /[a-z]/i.test(template)) missing.add(template);
  return (found ?? template).replace(/{([^}]+)}/g, (whole, name) => values[name] ?? whole);
}

export default { translate: ['value', translate] };
