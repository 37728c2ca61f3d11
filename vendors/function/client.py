"""Choose between a function in this process, one behind a URL, and a LivePerson Function."""

from gateway.contract.ports import Vendor
from vendors.function.in_process import InProcessFunction
from vendors.function.lambda_function import LambdaFunction
from vendors.function.remote import RemoteFunction
from vendors.function.settings import FunctionSettings
from vendors.services import Services


def create(settings: FunctionSettings, services: Services) -> Vendor:
    """Make the vendor that the settings ask for. Raise CallableNotFound."""
    if settings.callable is not None:
        return InProcessFunction(settings.callable, services)
    if (address := settings.find_address()) is not None:
        return LambdaFunction(address, services)
    return RemoteFunction(settings, services)
