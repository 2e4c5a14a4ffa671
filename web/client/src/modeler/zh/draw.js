// Palette, context pad, replace menu, header of the panel. Our words where the package's differ from one place to the next.
const EVENTS = {
  Message: '消息', Timer: '定时', Escalation: '升级', Conditional: '条件', Link: '链接', Error: '错误', Cancel: '取消',
  Signal: '信号', Compensation: '补偿', Terminate: '终止',
};
const PLACES = {
  'start event': '开始事件', 'intermediate catch event': '中间捕获事件', 'intermediate throw event': '中间抛出事件',
  'boundary event': '边界事件', 'end event': '结束事件',
};

// «Timer boundary event (non-interrupting)» and the like, put together from the two lists.
const events = {};
for (const [kind, word] of Object.entries(EVENTS)) {
  for (const [place, words] of Object.entries(PLACES)) {
    events[`${kind} ${place}`] = `${word}${words}`;
    events[`${kind} ${place} (non-interrupting)`] = `${word}${words}（不中断）`;
  }
}
for (const [kind, word] of [['Compensate', '补偿'], ['', '']]) {
  for (const [place, words] of Object.entries(PLACES)) events[`${kind} ${place}`.trim()] = `${word}${words}`;
}

export default {
  ...events,
  'Task': '任务', 'User task': '用户任务', 'Service task': '服务任务', 'Send task': '发送任务', 'Receive task': '接收任务',
  'Manual task': '人工任务', 'Business rule task': '业务规则任务', 'Script task': '脚本任务', 'Call activity': '调用活动',
  'Sub-process': '子流程', 'Sub-process (collapsed)': '子流程（折叠）', 'Sub-process (expanded)': '子流程（展开）',
  'Sub process': '子流程', 'Collapsed sub process': '子流程（折叠）', 'Expanded sub process': '子流程（展开）',
  'Event sub-process': '事件子流程', 'Event sub process': '事件子流程', 'Transaction': '事务子流程',
  'Ad-hoc sub-process': '临时子流程', 'Ad-hoc sub-process (collapsed)': '临时子流程（折叠）', 'Ad-hoc sub-process (expanded)': '临时子流程（展开）',
  'Collapsed ad hoc sub process': '临时子流程（折叠）', 'Expanded ad hoc sub process': '临时子流程（展开）', 'Ad-hoc': '临时',
  'Exclusive gateway': '排他网关', 'Parallel gateway': '并行网关', 'Inclusive gateway': '包容网关', 'Complex gateway': '复杂网关',
  'Event-based gateway': '事件网关', 'Event based gateway': '事件网关', 'Event based instantiating Gateway': '事件启动网关',
  'Parallel Event based instantiating Gateway': '并行事件启动网关',
  'Sequence flow': '顺序流', 'Default flow': '默认流', 'Conditional flow': '条件流', 'Message flow': '消息流', 'Association': '关联',
  'Data object reference': '数据对象', 'Data store reference': '数据存储', 'Data input association': '数据输入关联', 'Data output association': '数据输出关联',
  'Participant': '参与者', 'Lane': '泳道', 'Group': '分组', 'Text annotation': '文字说明', 'Process': '流程', 'Collaboration': '协作',
  'Intermediate throw event': '中间事件', 'Boundary event': '边界事件',
  'Empty pool/participant': '空参与者', 'Expanded pool/participant': '展开的参与者', 'Empty pool/participant (removes content)': '空参与者（删除其中内容）',
  'Add lane above': '在上方添加泳道', 'Add lane below': '在下方添加泳道', 'Divide into two lanes': '分成两条泳道', 'Divide into three lanes': '分成三条泳道',
  'Activate hand tool': '移动画布', 'Activate lasso tool': '框选元素', 'Activate create/remove space tool': '拉开或收拢空间', 'Activate global connect tool': '连线',
  'Create start event': '开始事件', 'Create end event': '结束事件', 'Create intermediate/boundary event': '中间事件或边界事件', 'Create gateway': '网关',
  'Create task': '任务', 'Create expanded sub-process': '子流程', 'Create data object reference': '数据对象', 'Create data store reference': '数据存储',
  'Create pool/participant': '参与者', 'Create group': '分组', 'Create element': '更多元素', 'Append element': '接着添加更多元素',
  'Create {type}': '创建{type}', 'Append {type}': '接着添加{type}',
  'Append end event': '接结束事件', 'Append gateway': '接网关', 'Append task': '接任务', 'Append intermediate/boundary event': '接中间事件或边界事件',
  'Append receive task': '接接收任务', 'Append message intermediate catch event': '接消息捕获事件', 'Append timer intermediate catch event': '接定时捕获事件',
  'Append conditional intermediate catch event': '接条件捕获事件', 'Append signal intermediate catch event': '接信号捕获事件', 'Append compensation activity': '接补偿活动',
  'Append text annotation': '添加文字说明', 'Add text annotation': '添加文字说明', 'Append': '添加',
  'Connect using sequence/message flow or association': '连线', 'Connect using association': '用关联线连接', 'Connect using data input association': '用数据输入连接',
  'Connect to other element': '连接到其他元素', 'Change type': '更改类型', 'Change element': '更改元素', 'Delete': '删除', 'Remove': '移除', 'Open {element}': '打开{element}',
  'Toggle non-interrupting': '切换是否中断', 'Parallel multi-instance': '并行多实例', 'Sequential multi-instance': '顺序多实例', 'Loop': '循环', 'Collection': '集合',
  'Participant multiplicity': '多个参与者', 'Search in diagram': '在图中查找', 'Search': '查找', 'Align elements': '对齐元素', 'Align elements ': '对齐元素',
  'Align elements left': '左对齐', 'Align elements center': '水平居中', 'Align elements right': '右对齐', 'Align elements top': '顶端对齐', 'Align elements middle': '垂直居中', 'Align elements bottom': '底端对齐',
  'Distribute elements': '均匀分布', 'Distribute elements horizontally': '水平均匀分布', 'Distribute elements vertically': '垂直均匀分布', ' + shift + ': ' + Shift + ',
  'Select': '选择', 'Tasks': '任务', 'Events': '事件', 'Gateways': '网关', 'Sub-processes': '子流程', 'Sub-Processes': '子流程', 'Participants': '参与者', 'Data': '数据', 'Search element': '查找元素', 'Close': '关闭',
  'No results': '没有找到', 'no parent for {element} in {parent}': '{parent} 中没有 {element} 的上级', 'Open minimap': '打开缩略图', 'Close minimap': '收起缩略图',
};
