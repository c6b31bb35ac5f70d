-- Monthly figures are taken as known from the first day of the following month.
SELECT
    ID_CLIENTE AS customer_id,
    (strptime(SAFRA_REF, '%Y-%m') + INTERVAL 1 MONTH)::DATE AS known_on,
    try_cast(RENDA_MES_ANTERIOR AS DOUBLE) AS monthly_income,
    try_cast(NO_FUNCIONARIOS AS DOUBLE) AS employees
FROM base_info
