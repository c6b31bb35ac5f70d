-- Invoices have no number: an invoice is its customer, dates, amount and rate. Invoices that differ in
-- their payment date alone exist, so it counts too. An exact copy of a row has the same id, and the
-- contract sets it aside as a duplicate.
SELECT
    md5(concat_ws('|', ID_CLIENTE, DATA_EMISSAO_DOCUMENTO, DATA_VENCIMENTO, coalesce(VALOR_A_PAGAR, ''), TAXA, coalesce(DATA_PAGAMENTO, ''))) AS debt_id,
    ID_CLIENTE AS customer_id,
    DATA_EMISSAO_DOCUMENTO AS issued_on,
    DATA_VENCIMENTO AS due_on,
    VALOR_A_PAGAR AS amount,
    'BRL' AS currency
FROM base_pagamentos
