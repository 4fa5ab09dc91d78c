// Reads QR codes from the camera: with the browser's own detector where it has one, else with a library.
const STEP = 120; // ms between two looks
const WIDEST = 720; // px; more only costs time
const SAME = 4000; // ms in which the same code counts as still being held there

export class Camera {
  constructor(video, libraryUrl, onCode) {
    Object.assign(this, { video, libraryUrl, onCode, facing: "environment", stream: null, last: "", seenAt: 0 });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.stop() : this.wanted && this.start()));
  }

  // Returns an empty text, or the name of what is in the way.
  async start() {
    this.wanted = true;
    this.stop();
    if (!navigator.mediaDevices?.getUserMedia) return "NotFoundError";
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: this.facing, width: { ideal: 1280 } } });
    } catch (error) {
      return error.name;
    }
    this.video.srcObject = this.stream;
    await this.video.play().catch(() => {});
    this.look ??= await this.reader();
    this.step(this.stream);
    return "";
  }

  stop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
  }

  get track() {
    return this.stream?.getVideoTracks()[0];
  }

  get hasTorch() {
    return Boolean(this.track?.getCapabilities?.().torch);
  }

  async torch(isOn) {
    await this.track?.applyConstraints({ advanced: [{ torch: isOn }] }).catch(() => {});
  }

  async hasOther() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === "videoinput").length > 1;
  }

  turn() {
    this.facing = this.facing === "environment" ? "user" : "environment";
    return this.start();
  }

  async reader() {
    if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      return async () => (await detector.detect(this.video))[0]?.rawValue ?? "";
    }
    const { default: decode } = await import(this.libraryUrl);
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d", { willReadFrequently: true });
    return async () => {
      const { videoWidth, videoHeight } = this.video;
      const scale = Math.min(1, WIDEST / videoWidth);
      canvas.width = Math.round(videoWidth * scale);
      canvas.height = Math.round(videoHeight * scale);
      context.drawImage(this.video, 0, 0, canvas.width, canvas.height);
      try {
        return decode(context.getImageData(0, 0, canvas.width, canvas.height));
      } catch {
        return ""; // no code in the picture
      }
    };
  }

  async step(stream) {
    while (this.stream === stream) {
      const code = this.video.readyState >= 2 ? await this.look().catch(() => "") : "";
      const now = performance.now();
      if (code && (code !== this.last || now - this.seenAt > SAME)) this.onCode(code);
      if (code) [this.last, this.seenAt] = [code, now];
      await new Promise((resolve) => setTimeout(resolve, STEP));
    }
  }
}
