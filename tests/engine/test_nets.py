"""The hand-written perceptron and optimisers equal torch's own."""

import itertools

import pytest
import torch
from torch import nn

from engine.nets import SLOPE, Adam, Mlp, Sgd
from engine.rng import torch_generator

SIZES = [(3, 2), (4, 1), (5, 7, 3), (4, 6, 5, 1), (3, 6, 5, 4, 1)]


def net_and_twin(sizes: tuple[int, ...], *, squash: bool = False) -> tuple[Mlp, nn.Sequential]:
    """The same weights in torch's own modules, biases not zero."""
    net = Mlp(sizes, torch_generator(0, "net"), squash=squash)
    net.flat.add_(torch.randn(len(net.flat), generator=torch_generator(0, "more")), alpha=0.1)
    layers: list[nn.Module] = []
    for k, (n_in, n_out) in enumerate(itertools.pairwise(sizes)):
        linear = nn.Linear(n_in, n_out)
        linear.weight.data.copy_(net.weights[k].t())
        linear.bias.data.copy_(net.biases[k])
        layers += [linear, nn.LeakyReLU(SLOPE)]
    return net, nn.Sequential(*layers[:-1], nn.Sigmoid() if squash else nn.Identity())


def gradient_of(twin: nn.Sequential) -> torch.Tensor:
    """Of all its weights, in the order of `Mlp.flat`."""
    linears = [layer for layer in twin if isinstance(layer, nn.Linear)]
    parts = [part for layer in linears for part in (layer.weight.grad.t().reshape(-1), layer.bias.grad)]
    return torch.cat([torch.zeros(0), *parts])


def close(found: torch.Tensor, expected: torch.Tensor) -> None:
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("squash", [False, True])
@pytest.mark.parametrize("sizes", SIZES)
def test_forward_and_backward_are_autograds(sizes: tuple[int, ...], squash: bool) -> None:
    net, twin = net_and_twin(sizes, squash=squash)
    x = torch.randn(9, sizes[0], generator=torch_generator(0, "x")).requires_grad_()
    g = torch.randn(9, sizes[-1], generator=torch_generator(0, "g"))
    out = twin(x)
    (out * g).sum().backward()
    with torch.inference_mode():
        hs = net.forward(x.detach())
        close(hs[-1], out.detach())
        to_input = net.backward_to_input(hs, g)
        assert not net.grad.any()
        net.backward(hs, g)
        close(net.forward(x.detach(), net.flat * 1)[-1], out.detach())
    close(to_input, x.grad)
    close(net.grad, gradient_of(twin))


@pytest.mark.parametrize("sizes", [sizes for sizes in SIZES if sizes[-1] == 1])
def test_the_gradient_of_a_gradient_is_autograds(sizes: tuple[int, ...]) -> None:
    net, twin = net_and_twin(sizes)
    x = torch.randn(9, sizes[0], generator=torch_generator(1, "x")).requires_grad_()
    r = torch.randn(9, sizes[0], generator=torch_generator(1, "r"))
    (slope,) = torch.autograd.grad(twin(x).sum(), x, create_graph=True)
    biases = sum(layer.bias.sum() for layer in twin if isinstance(layer, nn.Linear))
    ((slope * r).sum() + 0 * biases).backward()  # no bias has a part in it
    with torch.inference_mode():
        hs = net.forward(x.detach())
        vs = net.input_gradient(hs)
        net.add_gradient_of_gradient(hs, vs, r)
    close(vs[0], slope.detach())
    close(net.grad, gradient_of(twin))


@pytest.mark.parametrize("beta2", [0.9, 0.99])
def test_adam_is_torchs_adam(beta2: float) -> None:
    ours = torch.randn(20, generator=torch_generator(0, "start"))
    theirs = nn.Parameter(ours.clone())
    adam, torchs = Adam.like(ours, beta2=beta2), torch.optim.Adam([theirs], betas=(0.0, beta2))
    for step in range(10):
        grad = torch.randn(20, generator=torch_generator(0, "grad", step))
        torchs.param_groups[0]["lr"] = 0.1 / (1 + step)
        theirs.grad = grad.clone()
        torchs.step()
        adam.step(ours, grad, 0.1 / (1 + step))
    close(ours, theirs.detach())
    assert set(adam.tensors()) == {"m", "v", "count"}


def test_sgd_goes_down_the_gradient() -> None:
    flat = torch.tensor([1.0, 2.0])
    Sgd().step(flat, torch.tensor([4.0, -2.0]), 0.5)
    assert flat.tolist() == [-1.0, 3.0]


def test_weights_start_as_large_as_he_and_glorot_say() -> None:
    net = Mlp((100, 200, 300), torch_generator(0, "net"))
    assert net.weights[0].std().item() == pytest.approx((2 / 100) ** 0.5, rel=0.05)
    assert net.weights[1].std().item() == pytest.approx((2 / 500) ** 0.5, rel=0.05)
    assert not torch.cat(net.biases).any()
