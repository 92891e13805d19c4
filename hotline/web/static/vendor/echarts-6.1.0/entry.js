// What echarts.min.js is built from; how: README.md of the folder above. Not loaded by any page.
import { init, use } from 'echarts/core';
import { BarChart, HeatmapChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TooltipComponent, VisualMapPiecewiseComponent } from 'echarts/components';
import { LabelLayout } from 'echarts/features';
import { CanvasRenderer } from 'echarts/renderers';

use([
  BarChart, HeatmapChart, LineChart, GridComponent, MarkLineComponent, TooltipComponent, VisualMapPiecewiseComponent,
  LabelLayout, CanvasRenderer
]);

export { init };
