// Says on the page that the browser gave no passkey; without this only its console would know.
document.addEventListener("allauth.error", (event) => {
  const problem = document.querySelector("#passkey-problem > [hidden]");
  if (problem) problem.hidden = false;
  event.preventDefault();
});
