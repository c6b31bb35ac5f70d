-- The payment date stands on the invoice's own row: paid in full, once.
SELECT
    md5(concat_ws('|', ID_CLIENTE, DATA_EMISSAO_DOCUMENTO, DATA_VENCIMENTO, coalesce(VALOR_A_PAGAR, ''), TAXA, DATA_PAGAMENTO)) AS payment_id,
    md5(concat_ws('|', ID_CLIENTE, DATA_EMISSAO_DOCUMENTO, DATA_VENCIMENTO, coalesce(VALOR_A_PAGAR, ''), TAXA, DATA_PAGAMENTO)) AS debt_id,
    DATA_PAGAMENTO AS paid_on,
    VALOR_A_PAGAR AS amount
FROM base_pagamentos
WHERE DATA_PAGAMENTO IS NOT NULL
