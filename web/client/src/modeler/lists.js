// What the panel offers to choose from, read once when the editor opens. Each address answers JSON:
//   data-forms-url      [{"id": "approve_declaration", "name": "审核意见"}]
//   data-groups-url     [{"value": "=\"case_officer@\" + string(unit)", "label": "申报单位经办人"}], value as zeebe:candidateGroups
//   data-job-types-url  [{"type": "declaration.forward", "name": "上报"}]

async function readList(url) {
  if (!url) return [];
  const answer = await fetch(url, { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

export async function readLists({ formsUrl, groupsUrl, jobTypesUrl }) {
  const [forms, groups, services] = await Promise.all([formsUrl, groupsUrl, jobTypesUrl].map(readList));
  return {
    forms: forms.map(({ id, name }) => ({ value: id, label: name ? `${name}（${id}）` : id })),
    groups,
    services: services.map(({ type, name }) => ({ value: type, label: name ? `${name}（${type}）` : type })),
  };
}
