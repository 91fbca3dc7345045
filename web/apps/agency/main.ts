import "../../ui/base.css";
import "./agency.css";
import { mount } from "svelte";
import App from "./App.svelte";

mount(App, { target: document.body });
