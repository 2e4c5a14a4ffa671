// Cutting a portrait out of a picture: a frame of three to four that is dragged, or moved and sized by the keyboard.
// Resolves to "left,top,width,height" in shares of the picture's sides, to "" where the browser cannot show the picture (the
// server then takes its middle), to null where it was cancelled.
import { element } from './page.js';

const RATIO = 3 / 4;
const STEP = 0.01;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SIZES = { '+': 1, '=': 1, '-': -1, _: -1 };
const between = (value, low, high) => Math.min(Math.max(value, low), high);

export async function cropPortrait(file) {
  const image = element('img', { alt: '所选的照片', src: URL.createObjectURL(file) });
  try {
    await image.decode();
  } catch {
    URL.revokeObjectURL(image.src);
    return '';
  }
  const box = await ask(image);
  URL.revokeObjectURL(image.src);
  return box;
}

function ask(image) {
  // the picture's own sides: the frame is the largest of three to four, in its middle
  const { naturalWidth: wide, naturalHeight: high } = image;
  const most = Math.min(1, (high * RATIO) / wide);
  const size = (width) => ({ width, height: (width * wide) / RATIO / high });
  const box = { ...size(most) };
  Object.assign(box, { left: (1 - box.width) / 2, top: (1 - box.height) / 2 });

  const frame = element('div', { className: 'crop-frame', tabIndex: 0, 'role': 'group', 'aria-label': '照片框，方向键移动，加号和减号改变大小' });
  const range = element('input', { type: 'range', id: 'crop-size', min: 20, max: 100, value: 100 });
  const dialog = element('dialog', { className: 'dialog crop', 'aria-labelledby': 'crop-title' },
    element('header', {}, element('h2', { id: 'crop-title' }, '裁剪照片')),
    element('div', { className: 'body' },
      element('div', { className: 'crop-stage' }, image, frame),
      element('label', { htmlFor: 'crop-size', className: 'crop-size' }, '大小', range),
      element('p', { className: 'hint' }, '拖动方框框住头像。也可以用方向键移动，加号、减号改变大小。照片会自动压缩到 500 KB 以内。')),
    element('footer', {},
      element('button', { type: 'button', className: 'button', value: '' }, '取消'),
      element('button', { type: 'button', className: 'button primary', value: 'use' }, '使用这张照片')));

  const draw = () => {
    box.left = between(box.left, 0, 1 - box.width);
    box.top = between(box.top, 0, 1 - box.height);
    for (const [side, value] of Object.entries(box)) frame.style[side] = `${value * 100}%`;
    range.value = Math.round((box.width / most) * 100);
  };
  const resize = (share) => {
    const middle = { x: box.left + box.width / 2, y: box.top + box.height / 2 };
    Object.assign(box, size(most * between(share, 0.2, 1)));
    Object.assign(box, { left: middle.x - box.width / 2, top: middle.y - box.height / 2 });
    draw();
  };
  range.addEventListener('input', () => resize(range.value / 100));
  frame.addEventListener('keydown', (event) => {
    const [x, y] = MOVES[event.key] ?? [0, 0];
    if (!MOVES[event.key] && !SIZES[event.key]) return;
    event.preventDefault();
    box.left += x * STEP;
    box.top += y * STEP;
    if (SIZES[event.key]) resize(box.width / most + SIZES[event.key] * 0.05);
    else draw();
  });
  frame.addEventListener('pointerdown', (down) => {
    const { width, height } = image.getBoundingClientRect();
    const begun = { ...box };
    const move = ({ clientX, clientY }) => {
      box.left = begun.left + (clientX - down.clientX) / width;
      box.top = begun.top + (clientY - down.clientY) / height;
      draw();
    };
    frame.setPointerCapture(down.pointerId);
    frame.addEventListener('pointermove', move);
    frame.addEventListener('pointerup', () => frame.removeEventListener('pointermove', move), { once: true });
  });
  document.body.append(dialog);
  draw();
  dialog.showModal();
  frame.focus();
  return new Promise((resolve) => {
    let answer = null;
    for (const button of dialog.querySelectorAll('footer button')) {
      button.addEventListener('click', () => {
        if (button.value) answer = [box.left, box.top, box.width, box.height].map((side) => side.toFixed(4)).join(',');
        dialog.close();
      });
    }
    dialog.addEventListener('close', () => { dialog.remove(); resolve(answer); }, { once: true });
  });
}
