// Sends one file with progress. Resolves to the server's JSON, rejects with an Error whose message is a sentence to show.

export function sendFile(url, file, headers, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append('file', file);
    request.open('POST', url);
    request.responseType = 'json';
    request.setRequestHeader('Accept', 'application/json');
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total ? loaded / total : 0));
    request.addEventListener('load', () => {
      if (request.status < 300 && request.response?.id !== undefined) resolve(request.response);
      else reject(new Error(request.response?.message || sentence(request.status)));
    });
    request.addEventListener('error', () => reject(new Error('网络中断，没有传完，请重试')));
    request.send(body);
  });
}

function sentence(status) {
  if (status === 401) return '登录已过期，请重新登录后再上传';
  if (status === 413) return '文件太大，请压缩后再上传';
  return '没有上传成功，请稍后重试';
}
