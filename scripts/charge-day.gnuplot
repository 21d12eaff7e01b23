# SPDX-License-Identifier: MIT
# docs/charge-day.svg and docs/charge-feed-in.svg from the tables of charge_day_csv and
# feed_in_stop_csv; called by scripts/charge-day.sh.
set datafile separator ","
set terminal svg size 1000,900 font "sans-serif,13" background "white"
set output day_picture
set multiplot layout 3,1 margins 0.08,0.80,0.06,0.98 spacing 0,0.05
set xrange [6:24]
set xtics 2
set grid lc rgb "#dddddd"
set key outside right center

set ylabel "A"
set yrange [-40:160]
plot day using "hour":(column("sun_w") / 52) with filledcurves y1=0 fc rgb "#fdf0c4" title "sun, as current", \
     day using "hour":"ccl_a" with lines lw 2 lc rgb "#c0392b" title "CCL", \
     day using "hour":"current_a" with lines lw 2 lc rgb "#555555" title "into the battery"

phase(begin) = strcol("mode")[1:strlen(begin)] eq begin
mark(begin, at_v) = phase(begin) ? at_v : NaN
set ylabel "V of a cell"
set yrange [3.23:3.65]
plot 3.60 with lines dt 3 lc rgb "#c0392b" title "never above", \
     3.45 with lines dt 3 lc rgb "#229954" title "full", \
     3.375 with lines dt 3 lc rgb "#2471a3" title "float", \
     day using "hour":"highest_cell_v" with lines lw 2 lc rgb "#d35400" title "highest cell", \
     day using "hour":"lowest_cell_v" with lines lw 2 lc rgb "#555555" title "lowest cell", \
     day using "hour":"cvl_cell_v" with lines lw 2 lc rgb "#c0392b" title "CVL / cells", \
     day using "hour":(mark("Bulk", 3.245)) with lines lw 8 lc rgb "#e5b800" title "Bulk", \
     day using "hour":(mark("Absorption", 3.245)) with lines lw 8 lc rgb "#229954" title "Absorption", \
     day using "hour":(mark("Float T", 3.245)) with lines lw 8 lc rgb "#85c1e9" title "Float Transition", \
     day using "hour":(phase("Float") && !phase("Float T") ? 3.245 : NaN) with lines lw 8 lc rgb "#2471a3" title "Float"

set ylabel "SoC, %"
set yrange [0:105]
set xlabel "hour of the day"
plot day using "hour":"soc" with lines lw 2 lc rgb "#555555" title "state of charge"
unset multiplot

set terminal svg size 1000,700 font "sans-serif,13" background "white"
set output stop_picture
set multiplot layout 2,1 margins 0.08,0.76,0.08,0.96 spacing 0,0.06
set xrange [-5:20]
set xtics 5
unset xlabel
set arrow 1 from 0, graph 0 to 0, graph 1 nohead dt 2 lc rgb "#999999"
set arrow 2 from 10, graph 0 to 10, graph 1 nohead dt 2 lc rgb "#999999"
set label 1 "too cold: CCL 0" at 0.2, graph 0.95
set label 2 "warm again" at 10.2, graph 0.95

set ylabel "A into the battery"
set yrange [-20:130]
plot stop using "minute":"serial_current_a" with lines lw 2 lc rgb "#c0392b" title "serial driver's rules", \
     stop using "minute":"current_a" with lines lw 2 lc rgb "#2471a3" title "this driver"

unset label 1
unset label 2
set ylabel "V"
set yrange [52:56]
set xlabel "minutes"
plot stop using "minute":"serial_cvl_v" with lines lw 2 dt 2 lc rgb "#c0392b" title "CVL by these rules", \
     stop using "minute":"serial_voltage_v" with lines lc rgb "#c0392b" title "its battery", \
     stop using "minute":"cvl_v" with lines lw 2 dt 2 lc rgb "#2471a3" title "CVL of this driver", \
     stop using "minute":"voltage_v" with lines lc rgb "#2471a3" title "its battery"
unset multiplot
