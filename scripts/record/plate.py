# What `npm run record` runs in FreeCAD: a plate, computed anew when ~/plate.txt has another number of rows of holes.
import os

import FreeCAD
import FreeCADGui
import Part
from PySide2 import QtCore

LENGTH, WIDTH, HEIGHT = 200.0, 120.0, 12.0

document = FreeCAD.newDocument("plate")
body = document.addObject("Part::Feature", "Plate")
shown = None


def plate(rows):
    solid = Part.makeBox(LENGTH, WIDTH, HEIGHT)
    pitch = WIDTH / (rows + 1)
    columns = int(LENGTH / pitch) - 1
    holes = [
        Part.makeCylinder(pitch / 4, HEIGHT, FreeCAD.Vector((column + 1) * pitch, (row + 1) * pitch, 0))
        for row in range(rows)
        for column in range(columns)
    ]
    solid = solid.cut(Part.makeCompound(holes))
    return solid.makeFillet(min(1.0, pitch / 12), solid.Edges)


def look():
    global shown
    with open(os.path.expanduser("~/plate.txt")) as file:
        rows = file.read().strip()
    if rows in ("", shown):
        return
    shown = rows
    body.Shape = plate(int(rows))
    document.recompute()


look()
view = FreeCADGui.activeDocument().activeView()
view.setNavigationType("Gui::BlenderNavigationStyle")
view.viewIsometric()
FreeCADGui.SendMsgToActiveView("ViewFit")
timer = QtCore.QTimer()
timer.timeout.connect(look)
timer.start(500)
