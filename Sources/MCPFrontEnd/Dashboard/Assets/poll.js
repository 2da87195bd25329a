// Does something again and again while somebody looks.

/** Calls `body` at once and then after each pause. While the tab is hidden nothing is asked; a slow answer makes pauses longer. */
export function poll(body, milliseconds) {
  let timer;
  let isOver = false;
  let isBusy = false;
  const controller = new AbortController();

  async function turn() {
    clearTimeout(timer);
    if (isOver || isBusy || document.hidden) return;
    isBusy = true;
    const start = performance.now();
    try {
      await body(controller.signal);
    } catch (error) {
      if (!isOver) console.debug(error.message);
    }
    isBusy = false;
    if (!isOver) timer = setTimeout(turn, Math.max(milliseconds, 10 * (performance.now() - start)));
  }

  document.addEventListener("visibilitychange", turn);
  turn();
  return {
    now: turn,
    end() {
      isOver = true;
      clearTimeout(timer);
      controller.abort();
      document.removeEventListener("visibilitychange", turn);
    },
  };
}
