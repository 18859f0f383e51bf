{{ conform('bill_of_material_line') }}
