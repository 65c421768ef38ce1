/** Loaded before the tests of the compiler and the switch: every form is checked between the passes of the compiler. */
import { checkForm } from '../compiler/passes/checks/check-form.js';
import { checkForms } from '../compiler/passes/forms.js';

checkForms(checkForm);
