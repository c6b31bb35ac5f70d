-- One row per customer. A postal prefix stands for the region; FLAG_PF marks persons.
SELECT
    ID_CLIENTE AS customer_id,
    CASE WHEN FLAG_PF = 'X' THEN 'person' ELSE 'company' END AS kind,
    'BR' AS country,
    CEP_2_DIG AS region,
    SEGMENTO_INDUSTRIAL AS industry,
    PORTE AS product_line,
    DATA_CADASTRO AS since
FROM base_cadastral
