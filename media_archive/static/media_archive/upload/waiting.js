// The files that wait for "Send", a row each: its camera is guessed until somebody says it.
import { guessCamera } from "./camera_names.js";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
const inUnits = (bytes) => {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const told = { style: "unit", unit: UNITS[power], maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, told).format(bytes / 1024 ** power);
};
const make = (name, properties, ...content) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...content);
  return element;
};
// What a screen reader adds to words that stand in each row.
const whose = (name) => make("span", { className: "w-sr-only" }, " ", make("bdi", {}, name));

export class WaitingFiles {
  // `box` holds a status and a list, `common` is the field of the camera of all; `onEmpty` is told whose place is lost.
  constructor(box, { common, words, cameraBefore, onEmpty }) {
    Object.assign(this, { common, words, cameraBefore, onEmpty, rows: [] });
    this.said = box.querySelector("[role=status]");
    this.list = box.querySelector("ul");
    this.known = [...common.list.options].map((option) => option.value);
    common.addEventListener("input", () => this.rows.forEach((row) => this.fill(row)));
    for (const field of [common, this.list]) field.addEventListener("change", () => this.offer());
  }
  get size() {
    return this.rows.length;
  }
  add(files) {
    for (const file of files) if (!this.rows.some((row) => isSame(row.file, file))) this.addRow(file);
    this.tell();
  }
  // Leaves the list empty and returns what it held.
  takeAll() {
    const taken = this.rows.map(({ file, field, guess }) => ({ file, camera: field.value.trim() || guess }));
    this.rows = [];
    this.list.replaceChildren();
    this.tell();
    return taken;
  }
  addRow(file) {
    const field = make("input", { type: "text", maxLength: this.common.maxLength, required: true, autocomplete: "off" });
    field.setAttribute("list", this.common.list.id);
    const button = make("button", { type: "button", className: "button button-small button-secondary" }, this.words.remove, whose(file.name));
    const item = make(
      "li",
      {},
      make("p", {}, make("bdi", {}, file.name), " ", make("span", { className: "bo-note" }, inUnits(file.size))),
      make("label", {}, make("span", {}, this.words.camera, whose(file.name)), field),
      button,
    );
    const row = { file, field, button, item, guess: guessCamera(file.name, this.known), isSaid: false };
    field.addEventListener("input", () => (row.isSaid = true));
    button.addEventListener("click", () => this.remove(row));
    this.rows.push(row);
    this.list.append(item);
    this.fill(row);
    // What goes on goes on under the camera it was begun with.
    this.cameraBefore(file).then((camera) => {
      row.guess = camera || row.guess;
      this.fill(row);
      this.offer();
    });
  }
  fill(row) {
    if (!row.isSaid) row.field.value = this.common.value.trim() || row.guess;
  }
  remove(row) {
    const at = this.rows.indexOf(row);
    this.rows.splice(at, 1);
    row.item.remove();
    this.tell();
    const next = this.rows[at] ?? this.rows[at - 1];
    if (next) next.button.focus();
    else this.onEmpty();
  }
  tell() {
    const bytes = this.rows.reduce((sum, { file }) => sum + file.size, 0);
    this.said.textContent = this.size ? this.words.waiting.replace("{n}", this.size).replace("{size}", inUnits(bytes)) : "";
    this.offer();
  }
  // The fields offer the recording's cameras and those of the list.
  offer() {
    const labels = new Set([...this.known, ...this.rows.map(({ field }) => field.value.trim()).filter(Boolean)]);
    this.common.list.replaceChildren(...[...labels].map((value) => make("option", { value })));
  }
}

const isSame = (one, other) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
