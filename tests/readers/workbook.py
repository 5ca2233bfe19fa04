# Reads a workbook twice, as formulas and as values, and prints both as JSON.
import json, sys
import openpyxl

def cells(path, values):
    book = openpyxl.load_workbook(path, data_only=values)
    def value(cell):
        return cell.value if isinstance(cell.value, (int, float, str, bool, type(None))) else str(cell.value)
    return {sheet.title: {c.coordinate: [c.data_type, value(c)] for row in sheet.iter_rows() for c in row if c.value is not None}
            for sheet in book.worksheets}

def pages(sheet):
    setup, fit = sheet.page_setup, sheet.sheet_properties.pageSetUpPr
    return {"orientation": setup.orientation, "paper": setup.paperSize, "fit": bool(fit and fit.fitToPage),
            "wide": setup.fitToWidth, "high": setup.fitToHeight, "titles": sheet.print_title_rows,
            "frozen": sheet.freeze_panes, "filter": sheet.auto_filter.ref, "area": sheet.print_area,
            "charts": len(sheet._charts), "pictures": len(sheet._images)}

print(json.dumps({"pages": {sheet.title: pages(sheet) for sheet in openpyxl.load_workbook(sys.argv[1]).worksheets},
                  "formulas": cells(sys.argv[1], False), "values": cells(sys.argv[1], True),
                  "created": str(openpyxl.load_workbook(sys.argv[1]).properties.created)}))
