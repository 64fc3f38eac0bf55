# What `npm run record` runs in Blender: a square of heads of so many a side, rendered by Cycles with so many samples.
import math
import sys

import bpy

heads, samples = (int(word) for word in sys.argv[sys.argv.index("--") + 1 :])

bpy.ops.object.select_all(action="SELECT")
bpy.ops.object.delete()
bpy.ops.mesh.primitive_plane_add(size=60)
material = bpy.data.materials.new("glossy")
material.use_nodes = True
material.node_tree.nodes["Principled BSDF"].inputs["Metallic"].default_value = 0.8
for x in range(heads):
    for y in range(heads):
        bpy.ops.mesh.primitive_monkey_add(location=(3 * (x - heads / 2), 3 * (y - heads / 2), 1.2))
        bpy.ops.object.modifier_add(type="SUBSURF")
        bpy.context.object.modifiers[0].render_levels = 2
        bpy.context.object.data.materials.append(material)
bpy.ops.object.light_add(type="SUN", rotation=(0.6, 0.3, 0))
bpy.ops.object.camera_add(location=(0, -18, 10), rotation=(math.radians(62), 0, 0))

scene = bpy.context.scene
scene.camera = bpy.context.object
scene.render.engine = "CYCLES"
scene.cycles.device = "CPU"
scene.cycles.samples = samples
# Debian builds Blender without the denoiser that it would ask for.
scene.cycles.use_denoising = False
scene.render.resolution_x, scene.render.resolution_y = 960, 540
scene.render.filepath = "//picture.png"
bpy.ops.render.render(write_still=True)
