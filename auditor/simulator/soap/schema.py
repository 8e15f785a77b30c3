"""The WSDL and its schemas, of our own making: what netsuitesdk looks up when it starts, and the operations answered.

The names of types, elements and namespaces are NetSuite's, read from a published copy of its 2023.2 WSDL; so is the
order of the namespaces, on which netsuitesdk relies (it calls them ns0 to ns38). All else that NetSuite's 47
documents hold is left out. Any version is served: the caller's URL names it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import NamedTuple

OPERATIONS = ("search", "searchMoreWithId", "getAll", "getCustomizationId", "getDeleted")
_HEADERS = ("tokenPassport", "applicationInfo", "partnerInfo", "searchPreferences")
_ANSWER_HEADER = "documentInfo"


class _Schema(NamedTuple):
    family: str
    file: str
    namespace: str


def _schemas() -> dict[str, _Schema]:
    """Every schema by ``family/file``, in the order in which NetSuite's WSDL brings their namespaces in."""
    listed = """
        platform core:core coreTypes:types.core faultTypes:types.faults faults:faults messages:messages
            common:common commonTypes:types.common
        activities scheduling:scheduling schedulingTypes:types.scheduling
        general communication:communication communicationTypes:types.communication
        documents fileCabinet:filecabinet fileCabinetTypes:types.filecabinet
        lists relationships:relationships relationshipTypes:types.relationships support:support
            supportTypes:types.support accounting:accounting accountingTypes:types.accounting
        transactions sales:sales saleTypes:types.sales purchases:purchases purchaseTypes:types.purchases
            customers:customers customerTypes:types.customers financial:financial financialTypes:types.financial
            bank:bank bankTypes:types.bank inventory:inventory inventoryTypes:types.inventory general:general
        setup customization:customization customizationTypes:types.customization
        lists employees:employees employeeTypes:types.employees website:website websiteTypes:types.website
        transactions employees:employees
    """
    found: dict[str, _Schema] = {}
    family = ""
    for word in listed.split():
        file, colon, prefix = word.partition(":")
        if colon:
            found[f"{family}/{file}"] = _Schema(
                family, file, f"urn:{prefix}_{{version}}.{family}.webservices.netsuite.com"
            )
        else:
            family = word
    return found


SCHEMAS = _schemas()

RECORDS = {
    "lists/relationships": {"Customer": "entityId", "Vendor": "entityId", "Job": "entityId"},
    "lists/accounting": {
        "Account": "acctName",
        "Classification": "name",
        "Currency": "name",
        "Department": "name",
        "ExpenseCategory": "name",
        "Location": "name",
        "ServiceSaleItem": "itemId",
        "Subsidiary": "name",
    },
    "lists/employees": {"Employee": "entityId"},
}
"""Record types that can be answered, by schema, with the field that holds a record's name."""

_SEARCHES = {
    "lists/relationships": "BillingAccount Customer Job Vendor",
    "lists/accounting": (
        "Account Classification Department ExpenseCategory Item Location PriceLevel SalesTaxItem Subsidiary TaxGroup "
        "Term VendorCategory"
    ),
    "lists/employees": "Employee",
    "documents/fileCabinet": "File Folder",
    "setup/customization": "CustomList CustomRecord",
    "transactions/sales": "Transaction",
    "transactions/purchases": "InboundShipment",
}
_BASIC_ONLY = "ConsolidatedExchangeRate CurrencyRate"

# Looked up by netsuitesdk when it starts and never sent or answered here: a name is enough.
_PLAIN = {
    "platform/core": (
        "BooleanCustomFieldRef CustomFieldList DateCustomFieldRef DoubleCustomFieldRef ListOrRecordRef "
        "SearchColumnSelectField SearchColumnStringField SearchLongField SearchMultiSelectField SelectCustomFieldRef "
        "StringCustomFieldRef WsRole"
    ),
    "platform/messages": "GetRequest GetResponse ReadResponse",
    "platform/common": "Address ItemSearchRowBasic TaxDetails TaxDetailsList",
    "platform/commonTypes": "ItemCostEstimateType",
    "documents/fileCabinet": "File Folder",
    "lists/relationships": (
        "BillingAccount CustomerAddressbook CustomerAddressbookList CustomerTaxRegistration "
        "CustomerTaxRegistrationList VendorAddressbook VendorAddressbookList"
    ),
    "lists/accounting": ("AccountingPeriod ItemSearchAdvanced ItemSearchRow SalesTaxItem TaxGroup Term VendorCategory"),
    "transactions/sales": "Invoice InvoiceItem InvoiceItemList TransactionSearchAdvanced Usage",
    "transactions/purchases": (
        "VendorBill VendorBillExpense VendorBillExpenseList VendorBillItem VendorBillItemList VendorCredit "
        "VendorCreditApply VendorCreditApplyList VendorCreditExpense VendorCreditExpenseList VendorCreditItem "
        "VendorCreditItemList VendorPayment VendorPaymentApply VendorPaymentApplyList VendorPaymentCredit "
        "VendorPaymentCreditList"
    ),
    "transactions/customers": "CreditMemo CreditMemoApply CreditMemoApplyList CreditMemoItem CreditMemoItemList",
    "transactions/general": (
        "AdvInterCompanyJournalEntry AdvInterCompanyJournalEntryLine AdvInterCompanyJournalEntryLineList JournalEntry "
        "JournalEntryLine JournalEntryLineList"
    ),
    "setup/customization": "CustomRecord CustomRecordCustomField CustomRecordType",
    "transactions/employees": "ExpenseReport ExpenseReportExpense ExpenseReportExpenseList",
}
_SIMPLE = {
    "platform/coreTypes": (
        "GetAllRecordType GetCustomizationType RecordType SearchDateFieldOperator SearchEnumMultiSelectFieldOperator "
        "SearchLongFieldOperator SearchRecordType SearchStringFieldOperator"
    ),
    "platform/faultTypes": "FaultCodeType StatusDetailCodeType StatusDetailType",
}


def namespace(schema: str, version: str) -> str:
    """The namespace of a schema, ``lists/accounting``, in a version, ``2024_1``."""
    return SCHEMAS[schema].namespace.format(version=version)


@cache
def schema(name: str, version: str) -> bytes:
    """The document of the schema *name*, ``lists/accounting``."""
    if name in ("platform/core", "platform/messages"):
        template = files("auditor.simulator.soap").joinpath(f"{SCHEMAS[name].file}.xsd").read_text(encoding="utf-8")
        return template.replace("{plain}", _names(_PLAIN[name], _plain)).replace("{version}", version).encode()
    parts = (
        _names(_SIMPLE.get(name, ""), _simple),
        _names(_PLAIN.get(name, ""), _plain),
        "".join(_record(record, field) for record, field in RECORDS.get(name, {}).items()),
        _names(_SEARCHES.get(name, ""), _search),
        _names(" ".join((*_SEARCHES.values(), _BASIC_ONLY)), _basic) if name == "platform/common" else "",
    )
    # What a schema imports comes before it in NetSuite's order of namespaces, and simple types import nothing.
    imports = "" if name.endswith("Types") else _import("platform/core", version)
    imports += _import("platform/common", version) if name in _SEARCHES else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<schema xmlns="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"'
        f' targetNamespace="{namespace(name, version)}" xmlns:core="{namespace("platform/core", version)}"'
        f' xmlns:common="{namespace("platform/common", version)}" xmlns:xsd="http://www.w3.org/2001/XMLSchema">\n'
        f"{imports}{''.join(parts)}</schema>\n"
    ).encode()


@cache
def wsdl(version: str, service: str) -> bytes:
    """The WSDL whose service lies at the URL *service*."""
    parts = (*_HEADERS, _ANSWER_HEADER, *(f"{operation}{end}" for operation in OPERATIONS for end in ("", "Response")))
    messages = "".join(
        f'<message name="{part}"><part name="{part}" element="messages:{part}"/></message>\n' for part in parts
    )
    ports = "".join(
        f'<operation name="{each}"><input message="tns:{each}"/><output message="tns:{each}Response"/></operation>\n'
        for each in OPERATIONS
    )
    headers = "".join(_header(each) for each in _HEADERS)
    binding = "".join(
        f'<operation name="{each}"><soap:operation soapAction="{each}"/>'
        f'<input>{headers}<soap:body use="literal"/></input>'
        f'<output>{_header(_ANSWER_HEADER)}<soap:body use="literal"/></output></operation>\n'
        for each in OPERATIONS
    )
    imports = "".join(_import(name, version) for name in SCHEMAS)
    platform = f"urn:platform_{version}.webservices.netsuite.com"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"'
        f' xmlns:tns="{platform}" xmlns:messages="{namespace("platform/messages", version)}"'
        f' targetNamespace="{platform}">\n'
        f'<types><schema xmlns="http://www.w3.org/2001/XMLSchema">\n{imports}</schema></types>\n'
        f'{messages}<portType name="NetSuitePortType">\n{ports}</portType>\n'
        '<binding name="NetSuiteBinding" type="tns:NetSuitePortType">'
        f'<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>\n{binding}</binding>\n'
        '<service name="NetSuiteService"><port name="NetSuitePort" binding="tns:NetSuiteBinding">'
        f'<soap:address location="{service}"/></port></service>\n</definitions>\n'
    ).encode()


def _header(part: str) -> str:
    return f'<soap:header message="tns:{part}" part="{part}" use="literal"/>'


def _import(name: str, version: str) -> str:
    family, file, _ = SCHEMAS[name]
    location = f"/xsd/{family}/v{version}_0/{file}.xsd"
    return f'<import namespace="{namespace(name, version)}" schemaLocation="{location}"/>\n'


def _names(names: str, declaration: Callable[[str], str]) -> str:
    return "".join(declaration(name) for name in names.split())


def _plain(name: str) -> str:
    return f'<complexType name="{name}"/>\n'


def _simple(name: str) -> str:
    return f'<simpleType name="{name}"><restriction base="xsd:string"/></simpleType>\n'


def _record(name: str, field: str) -> str:
    return _derived(
        name,
        "core:Record",
        f'<sequence><element name="{field}" type="xsd:string" minOccurs="0"/></sequence>'
        '<attribute name="internalId" type="xsd:string"/>',
    )


def _search(name: str) -> str:
    basic = f'<sequence><element name="basic" type="common:{name}SearchBasic" minOccurs="0"/></sequence>'
    return _derived(f"{name}Search", "core:SearchRecord", basic)


def _basic(name: str) -> str:
    inactive = '<sequence><element name="isInactive" type="core:SearchBooleanField" minOccurs="0"/></sequence>'
    return _derived(f"{name}SearchBasic", "core:SearchRecordBasic", inactive)


def _derived(name: str, base: str, content: str) -> str:
    extension = f'<extension base="{base}">{content}</extension>'
    return f'<complexType name="{name}"><complexContent>{extension}</complexContent></complexType>\n'
