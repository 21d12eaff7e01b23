# SPDX-License-Identifier: MIT
# docs/bank-day.svg from the table of bank_day_csv; called by scripts/bank-day.sh.
set datafile separator ","
set terminal svg size 1000,1000 font "sans-serif,13" background "white"
set output picture
set multiplot layout 4,1 margins 0.08,0.76,0.06,0.98 spacing 0,0.045
set xrange [0:24]
set xtics 2
set grid lc rgb "#dddddd"
set key outside right center
unset xlabel

set ylabel "V"
set yrange [52:56]
plot table using "hour":"cvl_v" with lines lw 2 lc rgb "#c0392b" title "CVL of the bank", \
     table using "hour":"Large_cvl_v" with lines dt 2 lc rgb "#2471a3" title "CVL of Large (280 Ah)", \
     table using "hour":"Small_cvl_v" with lines dt 4 lc rgb "#229954" title "CVL of Small (100 Ah)", \
     table using "hour":"bus_v" with lines lw 2 lc rgb "#555555" title "voltage"

set ylabel "A"
set yrange [-40:200]
plot table using "hour":"ccl_a" with lines lw 2 lc rgb "#c0392b" title "CCL of the bank", \
     table using "hour":"current_a" with lines lw 2 lc rgb "#555555" title "current", \
     table using "hour":"Large_current_a" with lines lc rgb "#2471a3" title "Large", \
     table using "hour":"Small_current_a" with lines lc rgb "#229954" title "Small"

set ylabel "highest cell, V"
set yrange [3.2:3.65]
plot 3.60 with lines dt 3 lc rgb "#c0392b" title "never above", \
     table using "hour":"Large_highest_cell_v" with lines lw 2 lc rgb "#2471a3" title "Large", \
     table using "hour":"Small_highest_cell_v" with lines lw 2 lc rgb "#229954" title "Small"

set ylabel "SoC, %"
set yrange [0:115]
set xlabel "hour of the day"
plot table using "hour":"Large_soc" with lines lw 2 lc rgb "#2471a3" title "Large", \
     table using "hour":"Small_soc" with lines lw 2 lc rgb "#229954" title "Small", \
     table using "hour":(column("Large_in_float") > 0 ? 110 : NaN) with lines lw 6 lc rgb "#2471a3" title "Large in float", \
     table using "hour":(column("Small_in_float") > 0 ? 106 : NaN) with lines lw 6 lc rgb "#229954" title "Small in float"
unset multiplot
