// What the page says, in both languages.
export const WORDS = {
  en: {
    skip: "Skip to the result", language: "Language", picture: "Picture", pictures: "Pictures",
    choose: "Choose pictures", camera: "Use the camera", camera_stop: "Stop the camera",
    drop: "Drop pictures here, choose some, or use the camera",
    box: "What to look at", box_x: "left", box_y: "top", box_w: "width", box_h: "height",
    box_help: "Drag on the picture. By keyboard, with the picture in focus: Enter begins a box, arrows move it, Shift and arrows change its size, Escape removes it.",
    propose: "Find a face", whole: "Whole picture",
    no_propose: "Faces cannot be found here: OpenCV is not installed where the service runs (pip install 'teni[propose]').",
    results: "Result", confidence: "Circles hold the true point in",
    nothing: "Nothing yet: choose a picture or use the camera.",
    download: "Download CSV", keypoint: "keypoint", radius: "radius", class: "class", probability: "probability",
    token_needed: "This service asks for a token.", token_use: "Use it",
    predicting: "Predicting …", no_face: "No face found; draw the box yourself.",
    found: (many) => (many === 1 ? "One face found." : `${many} faces found; the largest is taken.`),
    ready: (ms) => `Answered in ${ms} ms.`,
    keypoints: (many, w, h) => `${many} keypoints; the model looks at ${w} x ${h} pixels`,
    classes: (many, w, h) => `${many} classes; the model looks at ${w} x ${h} pixels`,
    rmse: (px) => `, error on left-out images ${px} px (RMSE)`,
    accuracy: (share) => `, ${share}% of left-out images right`,
    canvas: (name) => `Picture ${name}. Keypoints are in the table.`, no_picture: "No picture yet",
    unreadable: (name) => `${name}: this browser cannot show it; choose a PNG, JPEG, BMP or WebP picture.`,
    no_camera: "The camera cannot be used: it is missing, or the browser does not allow it.",
    unreachable: "The service does not answer.", live: "camera",
  },
  ja: {
    skip: "結果へ移動", language: "言語", picture: "画像", pictures: "画像一覧",
    choose: "画像を選ぶ", camera: "カメラを使う", camera_stop: "カメラを止める",
    drop: "ここに画像をドロップするか、選択するか、カメラを使ってください",
    box: "見る範囲", box_x: "左", box_y: "上", box_w: "幅", box_h: "高さ",
    box_help: "画像の上をドラッグして囲みます。キーボードでは画像にフォーカスして、Enterで枠を作り、矢印キーで移動、Shift+矢印キーで大きさを変更、Escapeで消します。",
    propose: "顔を探す", whole: "画像全体",
    no_propose: "ここでは顔を探せません。サービス側にOpenCVがありません (pip install 'teni[propose]')。",
    results: "結果", confidence: "円が真の点を含む割合",
    nothing: "まだ結果はありません。画像を選ぶか、カメラを使ってください。",
    download: "CSVを保存", keypoint: "特徴点", radius: "半径", class: "クラス", probability: "確率",
    token_needed: "このサービスにはトークンが必要です。", token_use: "使う",
    predicting: "予測中…", no_face: "顔が見つかりません。枠を自分で描いてください。",
    found: (many) => (many === 1 ? "顔が1つ見つかりました。" : `顔が${many}個見つかりました。最も大きいものを使います。`),
    ready: (ms) => `${ms} ミリ秒で応答しました。`,
    keypoints: (many, w, h) => `特徴点 ${many} 個、モデルの入力は ${w} x ${h} 画素`,
    classes: (many, w, h) => `クラス ${many} 個、モデルの入力は ${w} x ${h} 画素`,
    rmse: (px) => `、未学習の画像での誤差 ${px} 画素 (RMSE)`,
    accuracy: (share) => `、未学習の画像での正解率 ${share}%`,
    canvas: (name) => `画像 ${name}。特徴点は表にあります。`, no_picture: "画像はまだありません",
    unreadable: (name) => `${name}: このブラウザーでは表示できません。PNG、JPEG、BMP、WebPの画像を選んでください。`,
    no_camera: "カメラを使えません。カメラがないか、ブラウザーが許可していません。",
    unreachable: "サービスが応答しません。", live: "カメラ",
  },
};

export function preferred() {
  return (navigator.language || "en").toLowerCase().startsWith("ja") ? "ja" : "en";
}

// Put the words of a language into everything that is marked.
export function speak(language) {
  const words = WORDS[language];
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-words]")) element.textContent = words[element.dataset.words];
  for (const element of document.querySelectorAll("[data-label]")) {
    const said = words[element.dataset.label];
    if (typeof said === "string") element.setAttribute("aria-label", said);
  }
  return words;
}
