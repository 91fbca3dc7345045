import "../../ui/base.css";
import "../../ui/agreement/desk.css";
import { mount } from "svelte";
import App from "./App.svelte";

mount(App, { target: document.body });
