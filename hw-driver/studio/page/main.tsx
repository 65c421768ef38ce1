/** The page of the studio: fills the document with the shell and its panes. */
import { render } from 'preact';
import { must } from '../../../compiler/data-plane/must.js';
import { Shell } from './shell/shell.js';
import { start } from './start.js';
import './styles/base.css';
import './styles/shell.css';

render(<Shell />, must(document.getElementById('studio'), 'element of the page'));
void start();
