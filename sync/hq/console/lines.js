// SPDX-License-Identifier: GPL-3.0-or-later
// Lines, drawn by Chart.js in the page's own colours.

import { formatNumber } from './numbers.js';

/* global Chart */

function readColours() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  return { line: read('--accent'), other: read('--muted'), text: read('--text'), grid: read('--border'), font: getComputedStyle(document.body).fontFamily };
}

function makeSet({ label, values, isDashed = false }, colours) {
  const colour = isDashed ? colours.other : colours.line;
  return {
    label, data: values, borderColor: colour, backgroundColor: colour, borderWidth: 2, borderDash: isDashed ? [6, 4] : [],
    pointStyle: isDashed ? 'rect' : 'circle', pointRadius: values.length > 26 ? 0 : 3, tension: 0,
  };
}

function makeOptions(colours) {
  const font = { family: colours.font, size: 13 };
  const ticks = { color: colours.text, font, maxRotation: 0, autoSkipPadding: 12 };
  return {
    animation: false, responsive: true, maintainAspectRatio: false, interaction: { mode: 'index', intersect: false },
    plugins: {
      legend: { align: 'start', labels: { color: colours.text, font, usePointStyle: true, pointStyle: 'line', boxWidth: 32, pointStyleWidth: 32 } },
      tooltip: { callbacks: { label: (item) => `${item.dataset.label} : ${formatNumber(item.parsed.y)}` } },
    },
    scales: {
      x: { ticks, grid: { display: false } },
      // Where lines were left out for want of room, the uppermost would be among them.
      y: {
        beginAtZero: true, grid: { color: colours.grid },
        ticks: { ...ticks, precision: 0, maxTicksLimit: 7, autoSkip: false, callback: (n) => formatNumber(n) },
      },
    },
  };
}

export function drawLines(canvas, labels, series) {
  Chart.getChart(canvas)?.destroy();
  const colours = readColours();
  const datasets = series.map((each) => makeSet(each, colours));
  return new Chart(canvas, { type: 'line', data: { labels, datasets }, options: makeOptions(colours) });
}
