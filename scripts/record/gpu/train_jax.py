# A deep autoencoder learns in JAX, which takes three quarters of the GPU's memory beforehand; a pause every 400 steps.
import sys
import time

import jax
import jax.numpy as jnp
import optax

SIZES = [3072, 4096, 4096, 1024, 4096, 4096, 3072]
key = jax.random.PRNGKey(int(sys.argv[1]))
layers = [
    (jax.random.normal(jax.random.fold_in(key, at), (wide, out)) * (2 / wide) ** 0.5, jnp.zeros(out))
    for at, (wide, out) in enumerate(zip(SIZES, SIZES[1:]))
]
optimizer = optax.adam(1e-3)
state = optimizer.init(layers)


def network(layers, data):
    for at, (weights, bias) in enumerate(layers):
        data = data @ weights + bias
        if at < len(layers) - 1:
            data = jax.nn.gelu(data)
    return data


@jax.jit
def step(layers, state, key):
    data = jax.random.normal(key, (8192, SIZES[0]))
    loss, gradient = jax.value_and_grad(lambda layers: jnp.mean((network(layers, data) - data) ** 2))(layers)
    update, state = optimizer.update(gradient, state)
    return optax.apply_updates(layers, update), state, loss


count = 0
while True:
    layers, state, loss = step(layers, state, jax.random.fold_in(key, count))
    count += 1
    if count % 20 == 0:
        loss.block_until_ready()
    if count % 400 == 0:
        print(float(loss), flush=True)
        time.sleep(1.5)
