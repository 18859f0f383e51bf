{{ conform('goods_receipt_line') }}
