import "../../ui/base.css";
import "../../ui/shell.css";
import { mount } from "svelte";
import App from "./App.svelte";

mount(App, { target: document.body });
