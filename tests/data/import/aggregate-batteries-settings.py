# the module of old
NR_OF_BATTERIES = 3                      # packs
BATTERY_PRODUCT_NAME = 'Daly # one'      # not the usual
CURRENT_FROM_VICTRON = True
OWN_SOC = True
OWN_CHARGE_PARAMETERS = False
KEEP_MAX_CVL = True
CHARGE_VOLTAGE_LIST = [3.45, 3.45,
                       3.40]
