import "../../ui/base.css";
import "./operator.css";
import { mount } from "svelte";
import App from "./App.svelte";

mount(App, { target: document.body });
