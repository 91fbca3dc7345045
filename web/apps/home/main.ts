import "../../ui/base.css";
import "../../ui/shell.css";
import "./home.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { app } from "./app.svelte.ts";

void app.start();
mount(App, { target: document.body });
