# Reads a workbook twice, as formulas and as values, and prints both as JSON.
import json, sys
import openpyxl

def cells(path, values):
    book = openpyxl.load_workbook(path, data_only=values)
    def value(cell):
        return cell.value if isinstance(cell.value, (int, float, str, bool, type(None))) else str(cell.value)
    return {sheet.title: {c.coordinate: [c.data_type, value(c)] for row in sheet.iter_rows() for c in row if c.value is not None}
            for sheet in book.worksheets}

print(json.dumps({"formulas": cells(sys.argv[1], False), "values": cells(sys.argv[1], True),
                  "created": str(openpyxl.load_workbook(sys.argv[1]).properties.created)}))
