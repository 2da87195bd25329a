// Numbers and times as people read them.

export function number(value) {
  return value === undefined || value === null || Number.isNaN(value) ? "–" : value.toLocaleString("en");
}

export function rate(perMinute) {
  if (perMinute === undefined) return "–";
  return perMinute >= 10 || perMinute === 0 ? number(Math.round(perMinute)) : perMinute.toFixed(1);
}

export function bytes(value) {
  if (value === undefined) return "–";
  const units = ["B", "KiB", "MiB", "GiB"];
  let step = 0;
  while (value >= 1024 && step < units.length - 1) {
    value /= 1024;
    step += 1;
  }
  return `${value >= 100 || step === 0 ? Math.round(value) : value.toFixed(1)} ${units[step]}`;
}

export function seconds(value) {
  if (value === undefined) return "–";
  if (value < 0.001) return "< 1 ms";
  if (value < 1) return `${Math.round(value * 1000)} ms`;
  return value < 100 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}

export function percent(share) {
  return share === undefined ? "–" : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/** How long ago a time was. */
export function age(time, now = Date.now()) {
  if (!time) return "–";
  const past = Math.max(0, (now - Date.parse(time)) / 1000);
  if (past < 60) return `${Math.floor(past)} s`;
  if (past < 3600) return `${Math.floor(past / 60)} min`;
  if (past < 86400) return `${Math.floor(past / 3600)} h ${Math.floor((past % 3600) / 60)} min`;
  return `${Math.floor(past / 86400)} d ${Math.floor((past % 86400) / 3600)} h`;
}
