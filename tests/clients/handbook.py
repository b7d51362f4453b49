"""Pictures of the handbook, taken of QGIS itself while it does what the page says.

Runs inside QGIS Desktop (`qgis --code`); `tests/clients/handbook` starts it. HANDBUCH is the
folder of the pictures. Each step waits until the map is drawn, so the pictures show what a
person would see. At the end a file `fertig` names what was taken, or the error.
"""

import os
import traceback
from pathlib import Path

from qgis.core import QgsFeatureRequest, QgsProject
from qgis.gui import QgsQueryBuilder
from qgis.PyQt.QtCore import QEventLoop, QSize, QTimer
from qgis.PyQt.QtWidgets import QApplication, QDockWidget
from qgis.utils import iface

FOLDER = Path(os.environ["HANDBUCH"])
WINDOW = QSize(1280, 800)
# What a planner has open; the rest of the window would only shrink the map.
DOCKS = {"Layers"}


def wait(milliseconds):
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec_()


def drawn():
    """Until the map was drawn anew and has been still for three seconds; two minutes at most.

    Without a new drawing the canvas shows the old one, enlarged, and is not drawing either."""
    canvas = iface.mapCanvas()
    finished = []
    canvas.mapCanvasRefreshed.connect(lambda: finished.append(True))
    canvas.refreshAllLayers()
    still = 0
    for _ in range(480):
        wait(250)
        still = 0 if canvas.isDrawing() or not finished else still + 1
        if still >= 12:
            return
    raise TimeoutError("the map is never finished")


def take(name, widget):
    widget.repaint()
    QApplication.processEvents()
    picture = widget.grab().toImage()
    colours = {picture.pixel(x, y) for x in range(0, picture.width(), 16) for y in range(0, picture.height(), 16)}
    if len(colours) < 8:
        raise ValueError(f"{name}: the picture is empty")
    if not picture.save(str(FOLDER / f"{name}.webp"), "WEBP", 80):
        raise OSError(f"{name}: not written")


def layer(name):
    for candidate in QgsProject.instance().mapLayers().values():
        if candidate.name() == name:
            return candidate
    raise LookupError(f"no layer {name}")


def steps():
    window = iface.mainWindow()
    window.resize(WINDOW)
    for dock in window.findChildren(QDockWidget):
        dock.setVisible(dock.objectName() in DOCKS)
    project = QgsProject.instance()
    canvas = iface.mapCanvas()

    drawn()
    take("qgis-projekt", window)

    bookmark = next(b for b in project.bookmarkManager().bookmarks())
    canvas.setReferencedExtent(bookmark.extent())
    drawn()
    take("qgis-ortsteil", window)

    areas = layer("Flächen des Flächennutzungsplans")
    builder = QgsQueryBuilder(areas, window)
    builder.setSql("\"nutzung\" = 'W'")
    builder.show()
    wait(500)
    take("qgis-filter-frage", builder)
    builder.close()
    areas.setSubsetString("\"nutzung\" = 'W'")
    drawn()
    take("qgis-filter", window)
    areas.setSubsetString("")

    measures = layer("Maßnahmen an Orten")
    iface.setActiveLayer(measures)
    feature = next(measures.getFeatures(QgsFeatureRequest().setLimit(1)))
    form = iface.getFeatureForm(measures, feature)
    form.resize(760, 620)
    form.show()
    wait(1500)
    take("qgis-formular", form)
    form.close()

    theme = next(t for t in project.mapThemeCollection().mapThemes() if "Maßnahmen" in t)
    project.mapThemeCollection().applyTheme(theme, project.layerTreeRoot(), iface.layerTreeView().layerTreeModel())
    drawn()
    take("qgis-thema", window)

    layout = project.layoutManager().printLayouts()[0]
    designer = iface.openLayoutDesigner(layout)
    designer.window().resize(WINDOW)
    designer.view().zoomFull()
    wait(20_000)
    take("qgis-drucken", designer.window())


def run():
    try:
        steps()
        told = "ok"
    except Exception:  # whatever it is, the caller must hear of it
        told = traceback.format_exc()
    (FOLDER / "fertig").write_text(told)
    os._exit(0 if told == "ok" else 1)


QTimer.singleShot(3000, run)
