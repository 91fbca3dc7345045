import "../../ui/base.css";
import "./hub.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { app } from "./app.svelte.ts";
import { leaving } from "./leaving.svelte.ts";

leaving.start();
app.start();
mount(App, { target: document.body });
