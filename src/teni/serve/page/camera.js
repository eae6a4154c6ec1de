// Frames of the camera, one after the other as quickly as they are answered.
export class Camera {
  constructor(video, onFrame) {
    Object.assign(this, { video, onFrame, stream: null });
    this.canvas = document.createElement("canvas");
  }

  get isOn() {
    return this.stream !== null;
  }

  async start() {
    const wanted = { video: { facingMode: "user", width: { ideal: 640 }, height: { ideal: 480 } }, audio: false };
    this.stream = await navigator.mediaDevices.getUserMedia(wanted);
    this.video.srcObject = this.stream;
    await this.video.play();
    this.loop();
  }

  stop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }

  async loop() {
    const mine = this.stream;
    while (this.stream === mine && mine !== null) {
      const { videoWidth, videoHeight } = this.video;
      if (videoWidth) {
        this.canvas.width = videoWidth;
        this.canvas.height = videoHeight;
        this.canvas.getContext("2d").drawImage(this.video, 0, 0);
        const blob = await new Promise((done) => this.canvas.toBlob(done, "image/jpeg", 0.92));
        const source = await createImageBitmap(blob);
        if (this.stream !== mine) break;
        await this.onFrame(blob, source);
      }
      await new Promise((next) => requestAnimationFrame(next));
    }
  }
}
