import "../../ui/base.css";
import "../../ui/shell.css";
import "./hub.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { app } from "./app.svelte.ts";

app.start();
mount(App, { target: document.body });
