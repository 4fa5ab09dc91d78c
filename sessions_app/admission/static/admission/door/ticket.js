import { keepPage, scopeAbove } from "./keep.js";

keepPage(scopeAbove());
