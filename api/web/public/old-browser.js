// For browsers that cannot read the page's own program: says so in their language. Written for all of them (ECMAScript 5); shows
// nothing where the program has drawn something.
(function () {
  var texts = {
    en: [
      "This browser cannot hold calls.",
      "Use a current Firefox, Chrome, Edge or Safari, or dial in by phone.",
    ],
    es: [
      "Este navegador no puede hacer llamadas.",
      "Use un Firefox, Chrome, Edge o Safari actual, o llame por teléfono.",
    ],
    fr: [
      "Ce navigateur ne permet pas d’appeler.",
      "Utilisez un Firefox, Chrome, Edge ou Safari récent, ou appelez par téléphone.",
    ],
    it: [
      "Questo browser non può telefonare.",
      "Usa una versione attuale di Firefox, Chrome, Edge o Safari, oppure chiama per telefono.",
    ],
    ru: [
      "Этот браузер не поддерживает звонки.",
      "Используйте современный Firefox, Chrome, Edge или Safari либо позвоните по телефону.",
    ],
  };
  function show() {
    var page = document.getElementById("page");
    if (page.firstChild) return;
    var language = String(navigator.language || "en").slice(0, 2);
    var text = texts[language] || texts.en;
    var main = document.createElement("main");
    main.className = "card message";
    var title = document.createElement("h1");
    title.appendChild(document.createTextNode(text[0]));
    var advice = document.createElement("p");
    advice.appendChild(document.createTextNode(text[1]));
    main.appendChild(title);
    main.appendChild(advice);
    page.appendChild(main);
  }
  // Programs of modules have run by then, or have failed.
  window.addEventListener("load", function () {
    window.setTimeout(show, 0);
  });
})();
