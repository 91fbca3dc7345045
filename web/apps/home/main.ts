import "../../ui/base.css";
import "../../ui/shell.css";
import "./home.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { app } from "./app.svelte.ts";
import { register } from "./push/register.ts";

void app.start();
mount(App, { target: document.body });
register();
