// The model that `npm run record` works on; teeth and detail are set in the first lines of each version of it.
module gear(n, r, h) {
  difference() {
    union() {
      cylinder(r = r, h = h);
      for (i = [0 : n - 1]) rotate(i * 360 / n) translate([r, 0, h / 2]) rotate([0, 90, 0]) cylinder(r1 = 4, r2 = 2, h = 7);
    }
    cylinder(r = r / 4, h = 3 * h, center = true);
  }
}
difference() {
  union() {
    gear(teeth, 40, 10);
    translate([0, 0, 10]) gear(ceil(teeth / 2), 20, 12);
  }
  for (i = [0 : 5]) rotate(i * 60) translate([26, 0, -1]) cylinder(r = 5, h = 30);
}
minkowski() {
  cube([20, 12, 4]);
  sphere(2);
}
